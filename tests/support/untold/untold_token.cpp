// A PKCS#11 module whose tokens are SoftHSM2's, but that tells no firmware version.
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

namespace {

CK_FUNCTION_LIST* softhsm = nullptr;

CK_RV token_info(CK_SLOT_ID slot, CK_TOKEN_INFO* info) {
  const CK_RV result = softhsm->C_GetTokenInfo(slot, info);
  if (result == CKR_OK) info->firmwareVersion = {0, 0};
  return result;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list) {
  static CK_FUNCTION_LIST changed;
  void* const module = ::dlopen("/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) return CKR_GENERAL_ERROR;
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(module, "C_GetFunctionList"));
  if (get == nullptr || get(&softhsm) != CKR_OK) return CKR_GENERAL_ERROR;
  changed = *softhsm;
  changed.C_GetTokenInfo = token_info;
  *list = &changed;
  return CKR_OK;
}
