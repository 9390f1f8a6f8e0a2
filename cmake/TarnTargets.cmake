# What the build is made of: one object library a layer, all of them together as `tarn::tarn`.

find_package(Threads REQUIRED)
find_package(OpenCL REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)

add_library(tarn_settings INTERFACE)
target_compile_features(tarn_settings INTERFACE cxx_std_20)
target_compile_options(tarn_settings INTERFACE -Wall -Wextra -Wconversion -Wshadow
                       $<$<BOOL:${TARN_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 sees overlaps in std::string's operator+ that are not there (GCC bug 105651).
  target_compile_options(tarn_settings INTERFACE -Wno-restrict)
endif()
target_include_directories(tarn_settings INTERFACE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR})
target_compile_definitions(tarn_settings INTERFACE TARN_VERSION="${PROJECT_VERSION}")

# tarn_layer(NAME FOLDER [USES layers...] [LINKS targets...])
# The object library `tarn_NAME` of all sources in FOLDER. USES is for readers and for tests that
# link a layer alone; what a layer may include is held by a test.
function(tarn_layer name folder)
  cmake_parse_arguments(layer "" "" "USES;LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_library(tarn_${name} OBJECT ${sources})
  set_target_properties(tarn_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(tarn_${name} PUBLIC tarn_settings Threads::Threads ${layer_LINKS})
  set_property(GLOBAL APPEND PROPERTY TARN_LAYERS tarn_${name})
endfunction()

# The library of all layers, `tarn` (alias `tarn::tarn`): what a user links.
function(tarn_library)
  get_property(layers GLOBAL PROPERTY TARN_LAYERS)
  add_library(tarn STATIC)
  add_library(tarn::tarn ALIAS tarn)
  foreach(layer ${layers})
    target_sources(tarn PRIVATE $<TARGET_OBJECTS:${layer}>)
  endforeach()
  set_target_properties(tarn PROPERTIES LINKER_LANGUAGE CXX)
  target_compile_features(tarn PUBLIC cxx_std_20)
  target_include_directories(tarn PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                         $<INSTALL_INTERFACE:include>)
  target_link_libraries(tarn PRIVATE OpenCL::OpenCL spdlog::spdlog Threads::Threads)
endfunction()
