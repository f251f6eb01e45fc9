# SPDX-License-Identifier: Apache-2.0

# pcapsule_room(NAME SOURCES ... [PUBLIC ...] [PRIVATE ...])
#
# One static library a room, `pcapsule::NAME`. A room of headers only has no
# sources and becomes an INTERFACE library.
function(pcapsule_room name)
  cmake_parse_arguments(room "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  set(target pcapsule_${name})
  if(room_SOURCES)
    add_library(${target} STATIC ${room_SOURCES})
    target_link_libraries(${target} PUBLIC pcapsule_options ${room_PUBLIC} PRIVATE ${room_PRIVATE})
    if(PCAPSULE_CLANG_TIDY)
      set_target_properties(${target} PROPERTIES CXX_CLANG_TIDY "${PCAPSULE_CLANG_TIDY_PROGRAM};--quiet")
    endif()
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE pcapsule_options ${room_PUBLIC})
  endif()
  add_library(pcapsule::${name} ALIAS ${target})
endfunction()

# Tests are compiled more often than they run: they do without the costly part of the optimiser, and with sanitizers,
# where it is half of the compiler's time, without any of it.
function(pcapsule_test_code target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1> $<$<BOOL:${PCAPSULE_SANITIZE}>:-O0>)
endfunction()

# pcapsule_unit_test(NAME SOURCES ... LINK ...): one GoogleTest binary, label `unit`. CTest starts it once for each of its
# tests, but with sanitizers once for all: there the start takes longer than most of the two thousand tests.
function(pcapsule_unit_test name)
  cmake_parse_arguments(test "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${test_SOURCES})
  pcapsule_test_code(${name})
  target_link_libraries(${name} PRIVATE pcapsule_options ${test_LINK} GTest::gmock GTest::gtest_main)
  if(PCAPSULE_PRECOMPILE)
    target_precompile_headers(${name} REUSE_FROM pcapsule_test_support)
    # g++ 12 forgets that precompiled headers are the system's, and sees the overlaps of bug 105651 as faults of ours.
    target_compile_options(${name} PRIVATE "$<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-stringop-overflow>")
  endif()
  if(PCAPSULE_SANITIZE)
    add_test(NAME unit.${name} COMMAND ${name})
    set_tests_properties(unit.${name} PROPERTIES LABELS unit TIMEOUT 600 COST 100)
  else()
    gtest_discover_tests(${name} NO_PRETTY_VALUES PROPERTIES LABELS unit DISCOVERY_TIMEOUT 60)
  endif()
endfunction()
