// Pointers to the arrays of a verdict, for languages that see a C array as a tuple.
#ifndef CVISION_ACCESS_H
#define CVISION_ACCESS_H

#include "cvision.h"

static inline const cv_hit *cv_verdict_hits(const cv_verdict *verdict) { return verdict->hits; }
static inline const cv_child *cv_verdict_children(const cv_verdict *verdict) { return verdict->children; }
static inline const cv_fact *cv_verdict_facts(const cv_verdict *verdict) { return verdict->facts; }
static inline const uint32_t *cv_verdict_dropped(const cv_verdict *verdict) { return verdict->dropped; }
static inline const uint8_t *cv_verdict_hash(const cv_verdict *verdict) { return verdict->hash; }
static inline const char *cv_verdict_reason(const cv_verdict *verdict) { return verdict->reason; }
static inline const char *cv_verdict_format(const cv_verdict *verdict) { return verdict->format; }
static inline const char *cv_verdict_note(const cv_verdict *verdict, uint32_t n) { return verdict->notes[n]; }
static inline const char *cv_child_role(const cv_child *child) { return child->role; }
static inline const char *cv_fact_name(const cv_fact *fact) { return fact->name; }
static inline const char *cv_fact_word(const cv_fact *fact) { return fact->word; }
static inline const uint8_t *cv_hit_mac(const cv_hit *hit) { return hit->mac; }
static inline uint8_t *cv_options_link_key(cv_options *options) { return options->link_key; }

#endif
