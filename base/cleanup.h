/* cleanup.h: owned pointers that free themselves.
 *
 * A local that owns something is declared with CLEANUP(f) and is released when it
 * goes out of scope; success hands it over with TAKE. */
#pragma once

#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(f)      __attribute__((cleanup(f)))
#define MUST_CHECK      __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define ARRAY_SIZE(a)   (sizeof(a) / sizeof((a)[0]))

/* Defines FREE_FUNCTIONp for use in CLEANUP: DEFINE_CLEANUP(Ledger *, ledger_free)
 * makes CLEANUP(ledger_freep). */
#define DEFINE_CLEANUP(type, free_function)                                                        \
        static inline void free_function##p(type *pointer)                                         \
        {                                                                                          \
                if (*pointer)                                                                      \
                        free_function(*pointer);                                                   \
        }                                                                                          \
        struct cleanup_semicolon

/* The value of an owning local, which owns nothing afterwards. */
#define TAKE(pointer)                                                                              \
        ({                                                                                         \
                __typeof__(pointer) taken_ = (pointer);                                            \
                (pointer) = NULL;                                                                  \
                taken_;                                                                            \
        })

static inline void freep(void *pointer)
{
        free(*(void **)pointer);
}

static inline void closep(const int *fd)
{
        if (*fd >= 0)
                (void)close(*fd); /* nothing left to do with a descriptor that fails to close */
}
