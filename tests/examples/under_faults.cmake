# Runs PROGRAM with the driver failing by PLAN: it ends well, or with the report of an OutOfMemory, and never by a signal.
execute_process(COMMAND ${CMAKE_COMMAND} -E env TARN_FAIL_ALLOC=${PLAN} ${PROGRAM} ${ARGUMENTS}
                RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(result EQUAL 0)
  return()
endif()
if(NOT result MATCHES "^[12]$" OR NOT output MATCHES "out of memory: asked for .*largest live requests")
  message(FATAL_ERROR "${PROGRAM} with TARN_FAIL_ALLOC=${PLAN}: ${result}\n${output}")
endif()
