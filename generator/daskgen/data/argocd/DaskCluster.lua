-- Neither Pending nor Running tells whether pods are ready: the operator writes either, at any time (2026.3.0).
local phase = obj.status and obj.status.phase
if obj.metadata.deletionTimestamp then
  return { status = "Progressing", message = "being deleted, which only the operator can finish" }
elseif phase == nil then
  return { status = "Progressing", message = "the operator has not taken it up" }
elseif phase == "Created" then
  return { status = "Progressing", message = "the operator is making it" }
elseif phase == "Error" then
  return { status = "Degraded", message = "the operator could not make it; its log says why" }
end
return { status = "Healthy", message = "made by the operator; its pods tell whether they are ready" }
