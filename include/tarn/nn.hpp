// placeholder until ops/nn lands
#pragma once
