#ifndef CUSTODY_CYARA_H
#define CUSTODY_CYARA_H

#include <stddef.h>
#include <stdint.h>

/* Rules of the operator's own, compiled and matched by libyara. Nothing of libyara's types leaves this target. */

typedef struct cy_rules cy_rules;

enum { CY_MAX_NAME = 128 };

/* One rule that matched, with its metadata; the strings live as long as the call. */
typedef struct {
  const char *rule;
  const char *data_class; /* meta `custody_class`; NULL when it has none */
  const char *strength;   /* meta `custody_strength`; NULL when it has none */
  uint64_t offset;        /* of the first match of a string; 0 when no string matched */
  uint64_t length;        /* of that match; 0 when no string matched */
} cy_match;

/* Initializes the library for the process; safe to call again. 0 or an error of libyara. */
int cy_prepare(void);

/* Compiles `count` sources. On failure NULL and one line in `message`: name, line and what is wrong. Includes are
 * refused: a rule file is all that the report names. */
cy_rules *cy_compile(const char *const *sources, const char *const *names, size_t count, char *message,
                     size_t capacity);
void cy_free(cy_rules *rules);

/* Calls `each` for every rule, with offset and length 0. */
void cy_list(const cy_rules *rules, void (*each)(const cy_match *, void *), void *context);

/* Calls `imported` for every module the rules import. */
void cy_imports(const cy_rules *rules, void (*imported)(const char *, void *), void *context);

/* Calls `each` for every rule that matches. 0, 1 when `seconds` were not enough, 2 when a string matched too often to
 * go on, 3 for any other error. */
int cy_scan(const cy_rules *rules, const uint8_t *data, size_t length, int seconds,
            void (*each)(const cy_match *, void *), void *context);

#endif
