// OpenBLAS as Swift sees it: CBLAS for the products, LAPACKE for the factorisations, and OpenBLAS's own thread
// and configuration calls.
#include <cblas.h>
#include <dlfcn.h>
#include <lapacke.h>

// dladdr, which Swift's module of glibc does not show; so under a name of its own.
typedef struct {
    const char *file;
    void *base;
    const char *symbol;
    void *address;
} cognitron_place;
#ifdef __linux__
int cognitron_dladdr(const void *address, cognitron_place *place) __asm__("dladdr");
#else
static inline int cognitron_dladdr(const void *address, cognitron_place *place) {
    return dladdr(address, (Dl_info *)place);
}
#endif

// Where two functions are that should come from one file; Swift gives no addresses of C functions.
static inline const void *cognitron_address_of_sgemm(void) { return (const void *)cblas_sgemm; }
static inline const void *cognitron_address_of_openblas(void) { return (const void *)openblas_get_config; }
