-- As Argo CD has a Job: progressing until it ends.
local state = obj.status and obj.status.jobStatus
if obj.metadata.deletionTimestamp then
  return { status = "Progressing", message = "being deleted" }
elseif state == nil then
  return { status = "Progressing", message = "the operator has not taken it up" }
elseif state == "Successful" then
  return { status = "Healthy", message = "the job has ended well" }
elseif state == "Failed" then
  return { status = "Degraded", message = "the job has failed; the log of its runner says why" }
end
return { status = "Progressing", message = "the job runs, or is about to" }
