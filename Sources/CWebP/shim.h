// libwebp as Swift sees it.
#include <webp/decode.h>
#include <webp/encode.h>
