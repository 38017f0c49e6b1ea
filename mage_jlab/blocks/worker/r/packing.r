# Values of R as plain vectors and lists for Python: a kind, and what that kind needs.

refuse <- function(what, why) {
  text <- paste0(what, " cannot be handed on: ", why)
  stop(structure(class = c("mage_refused", "error", "condition"), list(message = text, call = NULL)))
}

# Texts as bytes that end in NUL, in pieces that each fit into one raw vector.
pack_texts <- function(x, what) {
  x <- as.character(x)
  if (!all(validEnc(x))) refuse(what, "a text in it is not valid UTF-8; iconv() mends it.")
  x <- enc2utf8(x)
  missing <- is.na(x)
  x[missing] <- ""
  starts <- if (length(x)) seq(1, length(x), by = 1e6) else numeric()
  pieces <- lapply(starts, function(at) writeBin(x[at:min(at + 1e6 - 1, length(x))], raw()))
  list(pieces = pieces, missing = if (any(missing)) missing)
}

plain <- function(x) {
  attributes(x) <- NULL
  x
}

pack <- function(x, what, column = FALSE) {
  if (is.null(x)) return(list(kind = "null"))
  if (is.data.frame(x) && !column) return(pack_frame(x, what))
  if (column && !is.null(dim(x))) {
    refuse(what, "it is a matrix or a frame within a column; make columns of its own of it.")
  }
  if (inherits(x, "POSIXlt")) x <- as.POSIXct(x)
  vector <- pack_vector(x, what)
  if (is.null(vector) && is.list(x) && column) {
    refuse(what, "it is a list column; unnest it, or make text of it (jsonlite::toJSON).")
  }
  if (!is.null(vector)) {
    if (!column && is.null(dim(x)) && !is.null(names(x))) vector$names <- enc2utf8(names(x))
    if (!column && length(dim(x)) > 1) vector$dim <- as.integer(dim(x))
    return(vector)
  }
  if (is.list(x) && !is.object(x) && is.null(dim(x))) {
    labels <- names(x)
    shown <- if (is.null(labels)) paste0("[[", seq_along(x), "]]") else paste0("$", labels)
    items <- lapply(seq_along(x), function(i) pack(x[[i]], paste0(what, shown[[i]])))
    return(list(kind = "list", items = items, labels = if (!is.null(labels)) enc2utf8(labels)))
  }
  if (is.function(x)) refuse(what, "it is a function of R; define it in the block that calls it.")
  refuse(what, paste0(
    "it is an R object of class ", paste(class(x), collapse = ", "),
    ". Frames, vectors and lists of them can; saveRDS() keeps the rest in a file."
  ))
}

pack_vector <- function(x, what) {
  if (is.factor(x)) {
    return(list(
      kind = "factor", data = plain(unclass(x)), levels = enc2utf8(levels(x)), ordered = is.ordered(x)
    ))
  }
  if (inherits(x, "Date")) return(list(kind = "date", data = floor(as.double(plain(x)))))
  if (inherits(x, "POSIXct")) {
    zone <- attr(x, "tzone")[1]
    return(list(kind = "moment", data = as.double(plain(x)), zone = if (length(zone)) zone else ""))
  }
  if (inherits(x, "difftime")) {
    units(x) <- "secs"
    return(list(kind = "span", data = as.double(plain(x))))
  }
  if (inherits(x, "integer64")) return(list(kind = "integer64", data = plain(x)))
  switch(typeof(x),
    logical = list(kind = "logical", data = plain(x)),
    integer = list(kind = "integer", data = plain(x)),
    double = list(kind = "double", data = plain(x)),
    complex = list(kind = "complex", data = plain(x)),
    raw = list(kind = "raw", data = plain(x)),
    character = list(kind = "text", data = pack_texts(x, what)),
    NULL
  )
}

pack_frame <- function(x, what) {
  labels <- enc2utf8(names(x))
  columns <- lapply(seq_along(x), function(i) {
    pack(.subset2(x, i), paste0(what, "$", labels[[i]]), column = TRUE)
  })
  list(
    kind = "frame", labels = labels, columns = columns, rows = as.double(abs(.row_names_info(x, 2L))),
    named = is.character(attr(x, "row.names"))
  )
}
