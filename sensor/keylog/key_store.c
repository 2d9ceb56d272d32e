#include "sensor/keylog/key_store.h"

/* A quarter of the account has to be free: so much more the table of keys may need, for a moment, to grow. With less it
 * would be refused for ever. */
void key_store_make_room(struct key_store *s)
{
    if (s->memory.used > s->memory.limit / 4 * 3)
        s->forgotten += tls_keys_trim(s->keys, tls_keys_count(s->keys) / 4 * 3);
}
