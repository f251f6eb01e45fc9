# SPDX-License-Identifier: Apache-2.0
# Compiler flags travel on one INTERFACE target; nothing is set globally.
add_library(pcapsule_options INTERFACE)
target_compile_features(pcapsule_options INTERFACE cxx_std_20)
target_include_directories(pcapsule_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(pcapsule_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -Wcast-align
  -Wnon-virtual-dtor -Woverloaded-virtual -Wformat=2
  # g++ 12 sees overlaps in std::string's operator+ that are none (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<BOOL:${PCAPSULE_WERROR}>:-Werror>)

# Both programs read input from strangers: build them hardened.
target_compile_options(pcapsule_options INTERFACE
  -fstack-protector-strong -fPIE
  $<$<AND:$<NOT:$<BOOL:${PCAPSULE_SANITIZE}>>,$<NOT:$<CONFIG:Debug>>>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>)
target_link_options(pcapsule_options INTERFACE -pie -Wl,-z,relro -Wl,-z,now)

if(PCAPSULE_SANITIZE)
  set(sanitizer_flags -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(pcapsule_options INTERFACE ${sanitizer_flags})
  target_link_options(pcapsule_options INTERFACE ${sanitizer_flags})
endif()
if(PCAPSULE_FUZZ)
  target_compile_options(pcapsule_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(PCAPSULE_CLANG_TIDY)
  find_program(PCAPSULE_CLANG_TIDY_PROGRAM clang-tidy REQUIRED)
endif()
