# Errors with R's calls, and their place in the block's file.

signalling <- c("stop", ".handleSimpleError", "h", "signalCondition", "warning", ".signalSimpleWarning")

# The calls of the block's own code, innermost last, up to the one that signals the error.
calls_of <- function(calls) {
  heads <- vapply(calls, function(call) if (is.name(call[[1]])) as.character(call[[1]]) else "", "")
  from <- max(0, which(heads == ".mage_block")) + 1
  while (from <= length(calls) && heads[from] %in% c("withVisible", "eval")) from <- from + 1
  ends <- which(heads %in% signalling & seq_along(calls) >= from)
  calls[seq_along(calls) >= from & seq_along(calls) <= min(ends, length(calls))]
}

signals <- function(call) is.name(call[[1]]) && as.character(call[[1]]) %in% signalling

place_of <- function(calls, file) {
  for (call in rev(calls)) {
    found <- attr(call, "srcref")
    if (!is.null(found) && identical(attr(found, "srcfile")$filename, file)) return(found)
  }
  NULL
}

# The call that evaluates the file: not one of the block's.
is_ours <- function(call) identical(call, quote(eval(expression, globalenv())))

# Where a call stands within a top-level expression, when it stands there once: loops at the top are
# compiled as they run, and compiled code does not say its place.
found_within <- function(code, place, call) {
  if (is.null(call) || is_ours(call)) return(place)
  data <- utils::getParseData(code)
  inside <- data$token == "expr" & data$line1 >= place[1] & data$line2 <= place[3]
  data <- data[inside & data$text == "" & data$line1 == data$line2, ]
  if (nrow(data) > 1000) return(place)
  texts <- utils::getParseText(utils::getParseData(code), data$id)
  same <- vapply(texts, function(text) identical(str2lang(text), call), NA)
  if (sum(same) != 1) return(place)
  found <- data[same, ]
  c(found$line1, NA, NA, NA, found$col1)
}

shown_calls <- function(error, calls) {
  calls <- Filter(function(call) !signals(call), calls)
  call <- conditionCall(error)
  head <- if (is.null(call) || is_ours(call)) "Error: " else paste0("Error in ", deparse(call, nlines = 1)[1], " : ")
  lines <- vapply(seq_along(calls), function(i) {
    found <- attr(calls[[i]], "srcref")
    where <- if (!is.null(found)) paste0(" at ", attr(found, "srcfile")$filename, "#", found[1])
    paste0(i, ": ", deparse(calls[[i]], nlines = 1)[1], where)
  }, "")
  paste(c(paste0(head, conditionMessage(error)), if (length(lines)) c("Calls:", lines)), collapse = "\n")
}

describe <- function(error, calls, file, state) {
  place <- place_of(calls, file)
  if (is.null(place) && !is.null(state$place)) {
    own <- Filter(function(call) !identical(call[[1]], quote(.handleSimpleError)), calls)
    call <- if (length(own)) own[[1]] else conditionCall(error)
    place <- tryCatch(found_within(state$code, state$place, call), error = function(e) state$place)
  }
  if (!is.null(error$line)) {
    return(list(
      class = class(error)[1], message = enc2utf8(error$message), line = error$line,
      column = error$column, shown = enc2utf8(error$shown)
    ))
  }
  list(
    class = class(error)[1], message = enc2utf8(conditionMessage(error)),
    line = if (!is.null(place)) place[1], column = if (!is.null(place)) place[5],
    shown = enc2utf8(shown_calls(error, calls))
  )
}
