// OpenBLAS as Swift sees it: CBLAS for the products, LAPACKE for the factorisations, and OpenBLAS's own thread
// and configuration calls.
#include <cblas.h>
#include <lapacke.h>
