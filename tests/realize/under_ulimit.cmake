# Runs PROGRAM with address spaces from too small for a device to large enough for some tensors of MIB MiB; with COLD
# every kernel is compiled each time. Each run ends well, or with the report of what memory lacked for, and never by a
# signal; of the larger ones some must have run out of memory and gone on.
set(went_on 0)
foreach(mebibytes RANGE 200 1000 ${STEP})
  if(COLD)
    file(REMOVE_RECURSE ${COLD})
    file(MAKE_DIRECTORY ${COLD}/pocl ${COLD}/tarn)
    set(caches POCL_CACHE_DIR=${COLD}/pocl TARN_CACHE_DIR=${COLD}/tarn)
  endif()
  math(EXPR kibibytes "${mebibytes} * 1024")
  execute_process(COMMAND ${CMAKE_COMMAND} -E env ${caches} sh -c "ulimit -v ${kibibytes}; exec \"$0\" ${MIB}" ${PROGRAM}
                  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(result EQUAL 0 AND output MATCHES "kept, then out of memory: asked for .*largest live requests.*right afterwards")
    math(EXPR went_on "${went_on} + 1")
  elseif(NOT (result EQUAL 1 AND output MATCHES "of address space, and `ulimit -v` leaves"))
    message(FATAL_ERROR "${PROGRAM} with ulimit -v ${kibibytes}: ${result}\n${output}")
  endif()
endforeach()
if(went_on EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} never had memory enough to begin with")
endif()
