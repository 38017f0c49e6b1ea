# One block after another, each in a session as new: Rscript loop.r <folder> <commands> <answers> <mark>.

local({
  arguments <- commandArgs(trailingOnly = TRUE)
  mage <- new.env(parent = baseenv())
  for (file in c("packing.r", "fresh.r", "failing.r", "running.r")) {
    sys.source(file.path(arguments[1], file), mage, keep.source = FALSE)
  }
  mage$serve(arguments[2], arguments[3], arguments[4])
})
