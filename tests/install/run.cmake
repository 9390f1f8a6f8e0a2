# Installs tarn into a fresh folder, and there configures, builds and runs a project that finds it.
#   cmake -D BUILD=.. -D PROJECT=.. -D FOLDER=.. -D GENERATOR=.. -D COMPILER=.. -D FLAGS=.. -P run.cmake

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE ${FOLDER})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${FOLDER}/prefix)
run(${CMAKE_COMMAND} -S ${PROJECT} -B ${FOLDER}/build -G ${GENERATOR}
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_CXX_FLAGS=${FLAGS}
    -DCMAKE_PREFIX_PATH=${FOLDER}/prefix)

# Or a tarn that was installed earlier, elsewhere, is what the test has seen.
load_cache(${FOLDER}/build READ_WITH_PREFIX found_ tarn_DIR)
string(FIND "${found_tarn_DIR}" "${FOLDER}/prefix/" at)
if(NOT at EQUAL 0)
  message(FATAL_ERROR "found another tarn: ${found_tarn_DIR}")
endif()

run(${CMAKE_COMMAND} --build ${FOLDER}/build)
run(${FOLDER}/build/outside)
