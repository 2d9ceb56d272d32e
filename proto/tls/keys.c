#include "proto/tls/keys.h"

#include <openssl/crypto.h>

enum { MISSED = 2048 };

struct tls_keys {
    struct tls_vault vault; /* of struct tls_logged */
    struct memory *memory;
    const struct hash_secret *secret;
    /* Hashes of client randoms that were asked for in vain, each at its place, where a later one takes it. NULL: none
     * was, or there is no memory for them. */
    uint64_t *missed;
};

struct tls_keys *tls_keys_new(const struct hash_secret *secret, struct memory *memory)
{
    struct tls_keys *k = memory_resize(memory, NULL, 0, sizeof *k);
    if (k == NULL)
        return NULL;
    k->memory = memory;
    k->secret = secret;
    k->missed = NULL;
    tls_vault_init(&k->vault, sizeof(struct tls_logged), secret, memory);
    return k;
}

void tls_keys_free(struct tls_keys *k)
{
    if (k == NULL)
        return;
    tls_vault_deinit(&k->vault);
    memory_resize(k->memory, k->missed, k->missed != NULL ? MISSED * sizeof *k->missed : 0, 0);
    memory_resize(k->memory, k, sizeof *k, 0);
}

const struct tls_logged *tls_keys_logged(const struct tls_keys *k, const uint8_t random[static TLS_RANDOM])
{
    return tls_vault_find(&k->vault, random);
}

const struct tls_logged *tls_keys_same(const struct tls_logged *logged)
{
    return tls_vault_same(logged);
}

static uint64_t hash_of(const struct tls_keys *k, const uint8_t random[static TLS_RANDOM])
{
    return hash_bytes(k->secret, random, TLS_RANDOM);
}

static void remember_missed(struct tls_keys *k, const uint8_t random[static TLS_RANDOM])
{
    uint64_t hash = hash_of(k, random);
    if (k->missed == NULL) {
        k->missed = memory_resize(k->memory, NULL, 0, MISSED * sizeof *k->missed);
        if (k->missed == NULL)
            return;
        memset(k->missed, 0, MISSED * sizeof *k->missed);
    }
    k->missed[hash % MISSED] = hash;
}

static bool was_missed(const struct tls_keys *k, const uint8_t random[static TLS_RANDOM])
{
    uint64_t hash = hash_of(k, random);
    return k->missed != NULL && k->missed[hash % MISSED] == hash;
}

const struct tls_secret *tls_keys_find(struct tls_keys *k, const uint8_t random[static TLS_RANDOM],
                                       enum tls_label label)
{
    struct tls_logged *logged = tls_vault_find(&k->vault, random);
    if (logged != NULL) {
        logged->asked = true;
        logged->late = false;
        tls_vault_mark(&k->vault, logged);
    } else {
        remember_missed(k, random);
    }
    return logged != NULL && logged->secrets[label].size > 0 ? &logged->secrets[label] : NULL;
}

size_t tls_keys_unasked(const struct tls_keys *k)
{
    size_t count = 0;
    for (const struct tls_logged *l = tls_vault_newest(&k->vault); l != NULL; l = tls_vault_older(l))
        count += !tls_keys_logged(k, l->random)->asked;
    return count;
}

size_t tls_keys_late(const struct tls_keys *k)
{
    size_t count = 0;
    for (const struct tls_logged *l = tls_vault_newest(&k->vault); l != NULL; l = tls_vault_older(l))
        count += l->late && tls_keys_logged(k, l->random) == l;
    return count;
}

struct tls_vault_walk tls_keys_walk(const struct tls_keys *k)
{
    return tls_vault_walk(&k->vault);
}

const struct tls_logged *tls_keys_next(struct tls_vault_walk *walk)
{
    return tls_vault_next(walk);
}

size_t tls_keys_count(const struct tls_keys *k)
{
    return tls_vault_count(&k->vault);
}

size_t tls_keys_trim(struct tls_keys *k, size_t connections)
{
    return tls_vault_trim(&k->vault, connections);
}

/* The labels whose secrets are of a known size. Those of ECH (RFC 9850) are not, and pass by their form. */
static const struct label {
    const char *name;
    uint8_t label; /* enum tls_label; TLS_LABELS: nothing needs it */
} labels[] = {
    {"CLIENT_RANDOM", TLS_LABEL_MASTER},
    {"CLIENT_EARLY_TRAFFIC_SECRET", TLS_LABEL_CLIENT_EARLY},
    {"CLIENT_HANDSHAKE_TRAFFIC_SECRET", TLS_LABEL_CLIENT_HANDSHAKE},
    {"SERVER_HANDSHAKE_TRAFFIC_SECRET", TLS_LABEL_SERVER_HANDSHAKE},
    {"CLIENT_TRAFFIC_SECRET_0", TLS_LABEL_CLIENT_TRAFFIC},
    {"SERVER_TRAFFIC_SECRET_0", TLS_LABEL_SERVER_TRAFFIC},
    {"EXPORTER_SECRET", TLS_LABELS},
    {"EARLY_EXPORTER_SECRET", TLS_LABELS},
};

static bool is_space(uint8_t byte)
{
    return byte <= ' '; /* a log that was cut while it was written to begins with NULs */
}

static bool is_label_byte(uint8_t byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_';
}

/* The words of a line, one after the other. */
struct words {
    struct slice line;
    size_t at;
};

static struct slice next_word(struct words *w, bool (*of_word)(uint8_t byte))
{
    size_t from = w->at;
    while (from < w->line.size && !of_word(w->line.data[from]))
        from++;
    w->at = from;
    while (w->at < w->line.size && of_word(w->line.data[w->at]))
        w->at++;
    return slice_part(w->line, from, w->at);
}

static bool is_dark(uint8_t byte)
{
    return !is_space(byte);
}

static const struct label *label_of(struct slice word)
{
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        if (slice_is(word, labels[i].name))
            return &labels[i];
    }
    return NULL;
}

/* The first word that is a label; `w` then stands behind it. */
static const struct label *find_label(struct words *w)
{
    const struct label *label = NULL;
    struct slice word;
    do {
        word = next_word(w, is_label_byte);
        label = label_of(word);
    } while (label == NULL && word.size > 0);
    return label;
}

static bool wrong(struct tls_mistake *mistake, const struct slice line, struct slice at, const char *found,
                  const char *expected)
{
    *mistake =
        (struct tls_mistake){.column = (unsigned)(at.data - line.data) + 1, .found = found, .expected = expected};
    return false;
}

/* The next word's bytes, written in hexadecimal. @param least, most  how many of them there may be, and no other count.
 */
static bool read_hex(struct words *w, uint8_t *out, uint8_t *size, size_t least, size_t most, const char *expected,
                     struct tls_mistake *mistake)
{
    struct slice word = next_word(w, is_dark);
    for (size_t i = 0; i < word.size; i++) {
        int digit = byte_hex(word.data[i]);
        if (digit < 0)
            return wrong(mistake, w->line, slice_part(word, i, i), "no hexadecimal digit", expected);
        if (i / 2 < most)
            out[i / 2] = (uint8_t)(i % 2 == 0 ? digit << 4 : out[i / 2] | digit);
    }
    *size = (uint8_t)(word.size / 2);
    if (word.size == 0)
        return wrong(mistake, w->line, word, "the end of the line", expected);
    if (word.size != 2 * least && word.size != 2 * most)
        return wrong(mistake, w->line, word, word.size < 2 * most ? "too few digits" : "too many digits", expected);
    return true;
}

static bool read_end(struct words *w, struct tls_mistake *mistake)
{
    struct slice word = next_word(w, is_dark);
    return word.size == 0 || wrong(mistake, w->line, word, "another word", "the end of the line");
}

static bool read_random(struct words *w, uint8_t random[static TLS_RANDOM], struct tls_mistake *mistake)
{
    uint8_t size;
    return read_hex(w, random, &size, TLS_RANDOM, TLS_RANDOM, "a client random: 64 hexadecimal digits", mistake);
}

static bool read_secret(struct words *w, enum tls_label label, struct tls_secret *secret, struct tls_mistake *mistake)
{
    if (label == TLS_LABEL_MASTER)
        return read_hex(w, secret->bytes, &secret->size, TLS_MASTER_SECRET, TLS_MASTER_SECRET,
                        "a master secret: 96 hexadecimal digits", mistake);
    return read_hex(w, secret->bytes, &secret->size, 32, 48, "a secret: 64 or 96 hexadecimal digits", mistake);
}

/* A line with no label of the list is still a key log's when it has the form of one: a word in capitals, and two more.
 */
static bool has_form(struct slice line)
{
    struct words w = {.line = line};
    struct slice label = next_word(&w, is_dark), random = next_word(&w, is_dark), secret = next_word(&w, is_dark);
    for (size_t i = 0; i < label.size; i++) {
        if (!is_label_byte(label.data[i]) || (label.data[i] >= 'a' && label.data[i] <= 'z'))
            return false;
    }
    return random.size > 0 && secret.size > 0 && next_word(&w, is_dark).size == 0;
}

static bool same_secret(const struct tls_secret *a, const struct tls_secret *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

static struct tls_logged *add(struct tls_keys *k, const uint8_t random[static TLS_RANDOM])
{
    struct tls_logged *logged = tls_vault_add(&k->vault, random);
    if (logged != NULL) /* its connection may be over, or have waited for long enough */
        logged->asked = logged->late = was_missed(k, random);
    return logged;
}

/* At the first connection with this client random that lacks such a secret, or at a new one. */
static enum tls_line keep(struct tls_keys *k, const uint8_t random[static TLS_RANDOM], enum tls_label label,
                          const struct tls_secret *secret)
{
    struct tls_logged *logged = tls_vault_find(&k->vault, random);
    unsigned others = 0;
    for (; logged != NULL && logged->secrets[label].size > 0; logged = tls_vault_same(logged)) {
        if (same_secret(&logged->secrets[label], secret))
            return TLS_LINE_KNOWN;
        others++;
    }
    if (logged == NULL && others < TLS_LOGGED_SAME)
        logged = add(k, random);
    if (logged == NULL)
        return TLS_LINE_FULL;
    logged->secrets[label] = *secret;
    return others > 0 ? TLS_LINE_CONTRADICTS : TLS_LINE_ADDED;
}

static enum tls_line read_labelled(struct tls_keys *k, const struct label *label, struct words *w,
                                   struct tls_mistake *mistake)
{
    uint8_t random[TLS_RANDOM];
    struct tls_secret secret;
    enum tls_line what = TLS_LINE_MALFORMED;
    if (read_random(w, random, mistake) && read_secret(w, label->label, &secret, mistake) && read_end(w, mistake))
        what = label->label < TLS_LABELS ? keep(k, random, label->label, &secret) : TLS_LINE_OTHER;
    OPENSSL_cleanse(&secret, sizeof secret);
    return what;
}

enum tls_line tls_keys_add(struct tls_keys *k, struct slice line, struct tls_mistake *mistake)
{
    struct words w = {.line = line};
    struct slice first = next_word(&w, is_dark);
    if (first.size == 0 || first.data[0] == '#')
        return TLS_LINE_COMMENT;
    w.at = 0;
    const struct label *label = find_label(&w);
    if (label != NULL)
        return read_labelled(k, label, &w, mistake);
    if (has_form(line))
        return TLS_LINE_OTHER;
    wrong(mistake, line, first, "no label", "a label of a key log, such as CLIENT_RANDOM");
    return TLS_LINE_MALFORMED;
}
