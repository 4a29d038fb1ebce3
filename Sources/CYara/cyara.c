#include "cyara.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yara.h>

struct cy_rules {
  YR_RULES *rules;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int prepared = -1;
static void prepare(void) { prepared = yr_initialize(); }

int cy_prepare(void) {
  pthread_once(&once, prepare);
  return prepared;
}

typedef struct {
  char *message;
  size_t capacity;
} complaint;

static void on_error(int level, const char *file, int line, const YR_RULE *rule, const char *text, void *context) {
  complaint *c = context;
  (void)rule;
  if (level != YARA_ERROR_LEVEL_ERROR || c->message[0]) return;
  snprintf(c->message, c->capacity, "%s:%d: %s", file ? file : "", line, text);
}

cy_rules *cy_compile(const char *const *sources, const char *const *names, size_t count, char *message,
                     size_t capacity) {
  if (!message || capacity == 0) return NULL;
  message[0] = 0;
  YR_COMPILER *compiler = NULL;
  YR_RULES *rules = NULL;
  if (cy_prepare() != ERROR_SUCCESS || yr_compiler_create(&compiler) != ERROR_SUCCESS) {
    snprintf(message, capacity, "libyara could not be started");
    return NULL;
  }
  complaint c = {message, capacity};
  yr_compiler_set_callback(compiler, on_error, &c);
  yr_compiler_set_include_callback(compiler, NULL, NULL, NULL);
  int errors = 0;
  for (size_t i = 0; i < count && !errors; i++) {
    /* The callback names the file it was told of; a source in memory has none, so its name is put in front. */
    errors = yr_compiler_add_string(compiler, sources[i], names[i]);
    if (errors && message[0]) {
      char *text = strdup(message);
      if (text) snprintf(message, capacity, "%s%s", names[i], text[0] == ':' ? text : ": ");
      free(text);
    }
  }
  if (!errors && yr_compiler_get_rules(compiler, &rules) != ERROR_SUCCESS) rules = NULL;
  yr_compiler_destroy(compiler);
  if (!rules) {
    if (!message[0]) snprintf(message, capacity, "the rules could not be compiled");
    return NULL;
  }
  cy_rules *out = malloc(sizeof *out);
  if (!out) {
    yr_rules_destroy(rules);
    snprintf(message, capacity, "no memory");
    return NULL;
  }
  out->rules = rules;
  return out;
}

void cy_free(cy_rules *rules) {
  if (!rules) return;
  yr_rules_destroy(rules->rules);
  free(rules);
}

static cy_match described(const YR_RULE *rule) {
  cy_match match = {rule->identifier, NULL, NULL, 0, 0};
  YR_META *meta;
  yr_rule_metas_foreach(rule, meta) {
    if (meta->type != META_TYPE_STRING) continue;
    if (strcmp(meta->identifier, "custody_class") == 0) match.data_class = meta->string;
    if (strcmp(meta->identifier, "custody_strength") == 0) match.strength = meta->string;
  }
  return match;
}

void cy_list(const cy_rules *rules, void (*each)(const cy_match *, void *), void *context) {
  YR_RULE *rule;
  yr_rules_foreach(rules->rules, rule) {
    if (RULE_IS_PRIVATE(rule)) continue;
    cy_match match = described(rule);
    each(&match, context);
  }
}

typedef struct {
  void (*each)(const cy_match *, void *);
  void (*imported)(const char *, void *);
  void *context;
  int too_many;
} scan;

static int on_message(YR_SCAN_CONTEXT *context, int message, void *data, void *user) {
  scan *s = user;
  switch (message) {
  case CALLBACK_MSG_IMPORT_MODULE:
    if (s->imported) s->imported(((YR_MODULE_IMPORT *)data)->module_name, s->context);
    return CALLBACK_CONTINUE;
  case CALLBACK_MSG_TOO_MANY_MATCHES: s->too_many = 1; return CALLBACK_CONTINUE;
  case CALLBACK_MSG_RULE_MATCHING: {
    if (!s->each) return CALLBACK_CONTINUE;
    const YR_RULE *rule = data;
    cy_match match = described(rule);
    YR_STRING *string;
    int found = 0;
    yr_rule_strings_foreach(rule, string) {
      YR_MATCH *at;
      yr_string_matches_foreach(context, string, at) {
        uint64_t offset = (uint64_t)(at->base + at->offset);
        if (!found || offset < match.offset) {
          match.offset = offset;
          match.length = (uint64_t)at->match_length;
          found = 1;
        }
        break; /* matches of a string are in order */
      }
    }
    s->each(&match, s->context);
    return CALLBACK_CONTINUE;
  }
  default: return CALLBACK_CONTINUE;
  }
}

void cy_imports(const cy_rules *rules, void (*imported)(const char *, void *), void *context) {
  scan s = {NULL, imported, context, 0};
  const uint8_t nothing = 0;
  yr_rules_scan_mem(rules->rules, &nothing, 0, 0, on_message, &s, 10);
}

int cy_scan(const cy_rules *rules, const uint8_t *data, size_t length, int seconds,
            void (*each)(const cy_match *, void *), void *context) {
  scan s = {each, NULL, context, 0};
  YR_SCANNER *scanner = NULL;
  if (yr_scanner_create(rules->rules, &scanner) != ERROR_SUCCESS) return 3;
  yr_scanner_set_callback(scanner, on_message, &s);
  yr_scanner_set_timeout(scanner, seconds);
  yr_scanner_set_flags(scanner, SCAN_FLAGS_REPORT_RULES_MATCHING);
  const uint8_t nothing = 0;
  int result = yr_scanner_scan_mem(scanner, length ? data : &nothing, length);
  yr_scanner_destroy(scanner);
  if (result == ERROR_SCAN_TIMEOUT) return 1;
  if (result == ERROR_TOO_MANY_MATCHES || s.too_many) return 2;
  return result == ERROR_SUCCESS ? 0 : 3;
}
