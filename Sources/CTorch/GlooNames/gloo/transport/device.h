// libtorch's wheel carries Gloo's code and not its headers, and c10d's header names these. Names are all that it needs:
// nothing of Gloo is called from here.
#pragma once

namespace gloo::transport {
class Device;
class UnboundBuffer;
}  // namespace gloo::transport
