-- SPDX-License-Identifier: Apache-2.0
-- For `tshark -q -X lua_script:filters.lua`: a tap for every line of the file
-- that PCAPSULE_FILTERS names, so that one pass evaluates all of them. Prints
-- `frames <line> <frame numbers>`, or `refused <line>` where the line is no filter.
local number = 0
for expression in io.lines(os.getenv("PCAPSULE_FILTERS")) do
  number = number + 1
  local line, frames = number, {}
  local accepted, tap = pcall(Listener.new, "frame", expression)
  if accepted then
    function tap.packet(pinfo) frames[#frames + 1] = pinfo.number end
    function tap.draw() print("frames\t" .. line .. "\t" .. table.concat(frames, " ")) end
    function tap.reset() frames = {} end
  else
    print("refused\t" .. line)
  end
end
