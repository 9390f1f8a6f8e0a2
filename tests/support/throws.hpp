// Expectations about errors: their type, and what their text says.
#pragma once

#include <gmock/gmock.h>

#include "tarn/error.hpp"

/// That `statement` throws a `Type` whose text contains `text`.
#define EXPECT_ERROR(statement, Type, text) \
  EXPECT_THAT([&] { (void)(statement); },   \
              ::testing::ThrowsMessage<Type>(::testing::HasSubstr(text)))
