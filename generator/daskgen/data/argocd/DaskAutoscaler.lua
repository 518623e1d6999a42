-- The operator takes an autoscaler up by making its cluster the owner; it gives it no status.
if obj.metadata.deletionTimestamp then
  return { status = "Progressing", message = "being deleted, which only the operator can finish" }
elseif obj.metadata.ownerReferences == nil then
  return { status = "Progressing", message = "the operator has not taken it up" }
end
return { status = "Healthy", message = "taken up by the operator" }
