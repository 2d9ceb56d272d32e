/* The one budget of memory, divided: connections come first, because they decide whether anything is seen. What they do
 * not use is lent to findings and sources, and taken back before they need it. */
#ifndef SENSOR_BUDGET_H
#define SENSOR_BUDGET_H

#include <stdbool.h>
#include <stddef.h>

struct budget {
    size_t connections, keys,
        findings;       /* limits of their accounts; what is lent stands in `findings`, sources with them */
    size_t own;         /* of `findings`: what is not lent */
    size_t from, below; /* nothing changes while so much is used by connections */
};

struct budget budget_divide(size_t total);

/** Asked between packets. Never is so much lent that all together would pass the budget before connections have grown
 *  by a sixteenth of their part.
 *  @param used  by connections now.  @return whether `findings` has changed. */
bool budget_lend(struct budget *b, size_t used);

#endif
