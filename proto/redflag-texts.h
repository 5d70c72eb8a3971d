/* redflag-texts.h: what the runner is told, from redflags.json, which the page uses too. English: the
 * page has the other languages, by the same codes. */
#pragma once

#include "proto/care-records.h"

const char *redflag_instruction(RedFlag flag); /* "Do not run. Go to …" */
/* Of an answer's code ("redflag_unanswered"); fits an answer's message. "": another code. */
const char *redflag_answer_text(const char *code);
