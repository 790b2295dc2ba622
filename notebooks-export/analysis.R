# Ask your own questions of a Heard run, in R.
#
# This script lies beside the tables of one run, in restricted/. It opens them with arrow, counts with
# dplyr and draws with ggplot2:
#   install.packages(c("arrow", "dplyr", "ggplot2"))
#   Rscript analysis.R          from inside restricted/, or set HEARD_RUN to that folder
#
# The tables hold people's words. Personal details were taken out by a program, which can miss some.
# Keep this folder, and what you make here, inside your organisation. Counts under 5 are not for
# publication.

suppressPackageStartupMessages({
  library(dplyr)
  library(ggplot2)
})

folder <- Sys.getenv("HEARD_RUN", ".")
responses <- arrow::read_parquet(file.path(folder, "responses.parquet"))
codings <- arrow::read_parquet(file.path(folder, "codings.parquet"))
measures <- arrow::read_parquet(file.path(folder, "measures.parquet"))

# Who counts as a person: respondent_id where the run had one, the source and row otherwise; someone
# who answers in two waves is a respondent in each.
informative <- responses |>
  filter(status == "informative") |>
  mutate(person = paste(source, coalesce(as.character(wave), ""),
                        coalesce(as.character(respondent_id), as.character(row)), sep = "|"))
people <- n_distinct(informative$person)
cat(people, "people gave an informative answer\n")

# One row for each answer and theme; a person's codes take the place of the model's.
by_person <- startsWith(codings$coder, "person:")
theirs <- unique(codings$response_id[by_person])
current <- codings[by_person | !(codings$response_id %in% theirs), ]
codebook <- codings$codebook[1]
keep <- c("response_id", "person", "respondent_type", "question", "polarity", "wave",
          grep("^by_", names(informative), value = TRUE))
coded <- current |>
  filter(.data$codebook == .env$codebook, group != "thin") |>
  select(response_id, segment, theme, group, sentiment, confidence) |>
  inner_join(select(informative, all_of(keep)), by = "response_id")

# Themes by share of people, with 95% Wilson intervals: chance alone, not who chose to reply.
wilson <- function(count, base, z = 1.959964) {
  p <- count / base
  middle <- (p + z^2 / (2 * base)) / (1 + z^2 / base)
  half <- z / (1 + z^2 / base) * sqrt(p * (1 - p) / base + z^2 / (4 * base^2))
  data.frame(share = p, low = pmax(0, middle - half), high = pmin(1, middle + half))
}
themes <- coded |>
  group_by(theme) |>
  summarise(people = n_distinct(person), .groups = "drop") |>
  arrange(desc(people), theme)
themes <- bind_cols(themes, wilson(themes$people, people))
print(as.data.frame(themes))

tidy <- function(theme) {
  words <- gsub("_", " ", theme)
  paste0(toupper(substr(words, 1, 1)), substring(words, 2))
}
chart <- ggplot(themes, aes(x = share * 100, y = reorder(tidy(theme), share))) +
  geom_col(fill = "#12436D", width = 0.65) +
  geom_errorbar(aes(xmin = low * 100, xmax = high * 100), width = 0.25, colour = "#3D3D3D",
                orientation = "y") +
  labs(title = "Themes by share of people", subtitle = "Draft: coded by computer",
       x = paste0("% of ", people, " people who raised it"), y = NULL) +
  theme_minimal(base_size = 12) +
  theme(panel.grid.major.y = element_blank(), panel.grid.minor = element_blank())
ggsave(file.path(folder, "themes-r.png"), chart, width = 9, height = 1.5 + 0.3 * nrow(themes),
       dpi = 120, bg = "white", limitsize = FALSE)

# Your own question: any column can cut the figures. Change respondent_type to wave, or to by_...
bases <- informative |>
  group_by(respondent_type) |>
  summarise(base = n_distinct(person), .groups = "drop")
cut <- coded |>
  group_by(respondent_type, theme) |>
  summarise(people = n_distinct(person), .groups = "drop") |>
  inner_join(bases, by = "respondent_type") |>
  mutate(share = round(people / base, 2)) |>
  arrange(respondent_type, desc(people), theme)
print(head(as.data.frame(cut), 20))

# Numbers that people gave: always "of those who gave a number", never a rate of compliance. A range
# counts by its middle, "up to" by its limit.
given <- measures |>
  mutate(value = as.numeric(value), upper = as.numeric(upper)) |>
  mutate(given = case_when(is.na(upper) ~ value, value == 0 ~ upper, TRUE ~ (value + upper) / 2)) |>
  group_by(measure, unit, per) |>
  summarise(numbers = n(), median = median(given), .groups = "drop") |>
  arrange(measure, unit, per)
print(as.data.frame(given))
