// OpenSSL's message digests as Swift sees them.
#include <openssl/evp.h>
