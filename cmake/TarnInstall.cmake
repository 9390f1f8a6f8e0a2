# What `cmake --install` puts in place: the library, its public headers, and the package that
# `find_package(tarn)` finds.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/tarn)

install(TARGETS tarn EXPORT tarnTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/tarn DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN *.hpp)
install(EXPORT tarnTargets NAMESPACE tarn:: DESTINATION ${package})

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/tarnConfig.cmake.in
                              ${PROJECT_BINARY_DIR}/tarnConfig.cmake INSTALL_DESTINATION ${package})
# Before 1.0 a new minor version may break its users.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tarnConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/tarnConfig.cmake ${PROJECT_BINARY_DIR}/tarnConfigVersion.cmake
        DESTINATION ${package})
