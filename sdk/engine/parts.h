// What a build of the engine has or leaves out, as it does with protocols: the journey, the
// tracking plan, the detectors of personal data, and the judge of `capture`, which the page reads.
//
// A constant of the link: a build without it is linked with a list of its own, and has none of the
// code behind it. The page module is compiled without it (wasm/page/engine/parts.h). A config that
// asks for what its module lacks is refused.
#ifndef WAYMARK_ENGINE_PARTS_H_
#define WAYMARK_ENGINE_PARTS_H_

namespace waymark {

extern const bool kHasParts;

}  // namespace waymark

#endif  // WAYMARK_ENGINE_PARTS_H_
