# An R session as new: what a block may have changed is put back before the next one runs.

base_packages <- c("compiler", "grid", "parallel", "splines", "stats4", "tools")

remember <- function() {
  list(
    options = options(), environ = unclass(Sys.getenv()), search = search(), locale = Sys.getlocale(),
    namespaces = loadedNamespaces(), connections = getAllConnections(), library = .libPaths()
  )
}

# Says whether the session is as new; else the process ends, and a new one serves the next block.
restore <- function(start) {
  while (sink.number() > 0) sink()
  while (sink.number(type = "message") != 2) sink(type = "message")
  grDevices::graphics.off()
  for (number in setdiff(getAllConnections(), start$connections)) close(getConnection(number))
  for (name in setdiff(search(), start$search)) detach(name, character.only = TRUE, force = TRUE)
  globals <- ls(globalenv(), all.names = TRUE, sorted = FALSE)
  # classes and generics of S4 also stand in tables that cannot be cleaned, and a package that was
  # loaded has set options and methods that would be missing, or there, without it
  kept <- any(startsWith(globals, ".__")) ||
    !all(loadedNamespaces() %in% c(start$namespaces, base_packages))
  rm(list = globals, envir = globalenv())
  options(start$options)
  added <- setdiff(names(options()), names(start$options))
  options(structure(vector("list", length(added)), names = added))
  environ <- unclass(Sys.getenv())
  Sys.unsetenv(setdiff(names(environ), names(start$environ)))
  changed <- start$environ[!(names(start$environ) %in% names(environ)) |
    environ[names(start$environ)] != start$environ]
  if (length(changed)) do.call(Sys.setenv, as.list(changed))
  if (!identical(Sys.getlocale(), start$locale)) kept <- TRUE
  if (!identical(.libPaths(), start$library)) .libPaths(start$library)
  suppressWarnings(RNGkind("default", "default", "default"))
  if (exists(".Random.seed", globalenv())) rm(".Random.seed", envir = globalenv())
  !kept && identical(search(), start$search) &&
    all(start$connections %in% getAllConnections())
}
