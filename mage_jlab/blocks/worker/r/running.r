# Runs blocks: reads a command, evaluates the file, answers with what it gave.

answers <- NULL
mark <- NULL

send <- function(...) {
  data <- serialize(list(...), NULL, xdr = FALSE, version = 2)
  connection <- file(answers, "wb", raw = TRUE)
  on.exit(close(connection))
  writeBin(c(writeBin(length(data), raw(), endian = "little"), data), connection)
}

receive <- function(connection) {
  head <- readBin(connection, "raw", 4)
  if (length(head) < 4) quit("no", 0)
  unserialize(readBin(connection, "raw", readBin(head, "integer", 1, endian = "little")))
}

serve <- function(commands, answers_to, marked) {
  answers <<- answers_to
  mark <<- marked
  if (!l10n_info()[["UTF-8"]]) {
    for (name in c("C.UTF-8", "en_US.UTF-8", "UTF-8")) {
      if (nzchar(suppressWarnings(Sys.setlocale("LC_CTYPE", name)))) break
    }
  }
  Sys.setenv(TZ = "UTC")
  connection <- file(commands, "rb", raw = TRUE)
  start <- remember()
  send(kind = "ready", version = as.character(getRversion()))
  repeat {
    task <- receive(connection)
    answer <- run(task)
    is_new <- tryCatch(restore(start), error = function(error) FALSE)
    do.call(send, c(answer, list(again = is_new)))
    if (!is_new) quit("no", 0)
  }
}

# Writes past all sinks, and yet in its place among the lines of stdout.
level_line <- function(level, text) {
  connection <- file("/dev/fd/1", "wb", raw = TRUE)
  on.exit(close(connection))
  data <- charToRaw(paste0(mark, level, " ", enc2utf8(text)))
  writeBin(c(as.raw(0), data, as.raw(0)), connection)
}

# Where R would write a warning at the end, the log has it at once.
on_warning <- function(condition) {
  level <- getOption("warn")
  if (!is.numeric(level) || level >= 2) return()
  if (level >= 0) {
    call <- conditionCall(condition)
    where <- if (!is.null(call) && !is_ours(call)) paste0(" (in ", deparse(call, nlines = 1)[1], ")")
    level_line("warning", paste0(conditionMessage(condition), where))
  }
  tryInvokeRestart("muffleWarning")
}

on_message <- function(condition) {
  level_line("info", sub("\n$", "", conditionMessage(condition)))
  tryInvokeRestart("muffleMessage")
}

run <- function(task) {
  state <- new.env(parent = emptyenv())
  state$place <- NULL
  state$error <- NULL
  tryCatch(
    withCallingHandlers(
      list(kind = "done", given = evaluate(task, state)),
      warning = on_warning,
      message = on_message,
      error = function(error) {
        state$error <- describe(error, calls_of(sys.calls()), task$file, state)
      }
    ),
    error = function(error) {
      found <- state$error
      if (is.null(found)) found <- describe(error, list(), task$file, state)
      list(kind = "failed", error = found)
    }
  )
}

evaluate <- function(task, state) {
  setwd(task$cwd)
  options(device = function(...) do.call(grDevices::png, plot_settings(task)))
  connection <- file(task$values, "rb")
  given <- tryCatch(unserialize(connection), finally = close(connection))
  unlink(task$values)
  list2env(given, globalenv())
  state$code <- code <- parsed(task)
  shown <- evaluated(code, task, state)
  state$place <- NULL
  if (is.null(task$call)) {
    results <- recorded(task)
  } else {
    value <- called(task)
    results <- list(output = value$value)
    if (task$call == "chart") {
      # a chart is shown, as a ggplot at the prompt is drawn; it has nothing to hand on
      if (value$visible && !is.null(value$value)) shown <- printed(value$value)
      results <- NULL
    }
  }
  grDevices::graphics.off()
  if (!is.null(results)) keep(results, task$results_file)
  list(
    shown = shown, plots = sort(list.files(task$plots, full.names = TRUE)), kept = !is.null(results)
  )
}

# As large as %%R draws them where the block does not say.
plot_settings <- function(task) {
  settings <- list(filename = file.path(task$plots, "%05d.png"), width = 480, height = 480)
  if (capabilities("cairo")) settings$type <- "cairo"
  settings[names(task$figure)] <- task$figure
  if (!is.null(settings$units) && settings$units != "px" && is.null(settings$res)) settings$res <- 72
  settings
}

parsed <- function(task) {
  lines <- readLines(task$path, encoding = "UTF-8", warn = FALSE)
  if (length(lines)) lines[1] <- sub("^\ufeff", "", lines[1])
  source <- srcfilecopy(task$file, lines, Sys.time(), isFile = TRUE)
  tryCatch(
    parse(text = lines, keep.source = TRUE, srcfile = source, encoding = "UTF-8"),
    error = function(error) {
      text <- conditionMessage(error)
      found <- regmatches(text, regexec(":([0-9]+):([0-9]+): ([^\n]*)", text))[[1]]
      if (length(found) < 4) stop(error)
      stop(structure(class = c("mage_syntax", "error", "condition"), list(
        message = found[4], call = NULL, line = as.integer(found[2]), column = as.integer(found[3]),
        shown = text
      )))
    }
  )
}

# Evaluates the file as a person would at the prompt; gives the text of the last visible value.
evaluated <- function(code, task, state) {
  places <- attr(code, "srcref")
  shown <- NULL
  for (number in seq_along(code)) {
    state$place <- places[[number]]
    value <- .mage_block(code[[number]])
    is_last <- number == length(code)
    if (!value$visible || !(is_last || !is.null(task$call))) next
    text <- printed(value$value)
    if (is_last && is.null(task$call)) shown <- text
    else if (!is.null(text)) writeLines(text)
  }
  shown
}

printed <- function(value) {
  text <- enc2utf8(paste(utils::capture.output(.mage_block(quote(NULL), value)), collapse = "\n"))
  if (nzchar(text)) text
}

# The frame that an error's calls are counted from.
.mage_block <- function(expression, shown) {
  if (missing(shown)) return(withVisible(eval(expression, globalenv())))
  # as R itself does, so that the block's own methods are found
  scope <- new.env(parent = globalenv())
  scope$x <- shown
  eval(if (isS4(shown)) quote(methods::show(x)) else quote(print(x)), scope)
}

recorded <- function(task) {
  if (!length(task$results)) return(NULL)
  gone <- setdiff(task$results, ls(globalenv(), all.names = TRUE))
  gone <- setdiff(gone, task$optional)
  if (length(gone)) {
    stop(structure(class = c("mage_missing", "error", "condition"), list(
      message = paste0("The block should give ", paste(gone, collapse = ", "), ", and its code does not assign it."),
      call = NULL
    )))
  }
  found <- intersect(task$results, ls(globalenv(), all.names = TRUE))
  mget(found, envir = globalenv())
}

called <- function(task) {
  block <- get0(task$call, globalenv(), mode = "function", inherits = FALSE)
  if (is.null(block)) {
    stop(structure(class = c("mage_no_function", "error", "condition"), list(
      message = paste0(task$file, " defines no function ", task$call, ": write ", task$call,
        " <- function(df_1, ...) with one argument for each block above."),
      call = NULL
    )))
  }
  taken <- names(formals(args(block)))
  if (!("..." %in% taken) && length(taken) < length(task$positional)) {
    stop(structure(class = c("mage_arguments", "error", "condition"), list(
      message = paste0(task$call, " takes ", length(taken), " input(s), and ", length(task$positional),
        " block(s) stand above it: give it one argument for each block above."),
      call = NULL
    )))
  }
  call <- as.call(lapply(c(task$call, task$positional), as.name))
  .mage_block(call)
}

keep <- function(results, path) {
  packed <- lapply(names(results), function(name) pack(results[[name]], name))
  names(packed) <- names(results)
  connection <- file(path, "wb")
  on.exit(close(connection))
  serialize(packed, connection, xdr = FALSE, version = 2)
}
