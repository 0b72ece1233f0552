using System.Text.Json;

namespace AutoMix;

/// <summary>One line of a trace file to one record, with every problem named.</summary>
internal static class TraceLineParser
{
    private const double MillisecondsPerSecond = 1000;

    public static TraceRecord Parse(ReadOnlySpan<byte> line, string source, long number)
    {
        if (line.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0)
        {
            throw new TraceFormatException(source, number, "the line is empty. Remove it; nothing is skipped silently.");
        }

        try
        {
            var reader = new Utf8JsonReader(line);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            if (reader.Read())
            {
                throw new TraceFormatException(source, number, "something follows the JSON object. Put one object on each line.");
            }

            return new Fields(source, number).Record(document.RootElement);
        }
        catch (JsonException e) when (number == 1 && !line.TrimStart(" \t"u8).StartsWith("{"u8))
        {
            throw new TraceFormatException(
                source,
                number,
                "not a trace file: that has one JSON object on each line, with 'id' and 'models'. Of tables, those with RouterBench's columns are read: "
                + "'sample_id', and for each model NAME (its score) and NAME|total_cost. Write other tables as JSON lines.",
                e);
        }
        catch (JsonException e)
        {
            throw new TraceFormatException(source, number, $"not valid JSON ({e.Message}) Put one whole JSON object on each line.", e);
        }
        catch (InvalidOperationException e)
        {
            // Text with broken surrogates or bytes that are no UTF-8 is found only when it is decoded.
            throw new TraceFormatException(source, number, "a text is not valid UTF-8. Save the file as UTF-8.", e);
        }
    }

    private readonly struct Fields(string source, long line)
    {
        public TraceRecord Record(JsonElement root)
        {
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw Problem($"a record is a JSON object, but the line holds {Describe(root)}.");
            }

            if (!root.TryGetProperty("models", out JsonElement models) || models.ValueKind != JsonValueKind.Array || models.GetArrayLength() == 0)
            {
                throw Problem("'models' is missing or empty. Give one entry per model.");
            }

            if (models.GetArrayLength() > ModelList.Most)
            {
                throw Problem($"'models' has {models.GetArrayLength()} entries; a cascade has at most {ModelList.Most} models.");
            }

            var answers = new TraceAnswer[models.GetArrayLength()];
            for (int i = 0; i < answers.Length; i++)
            {
                answers[i] = Answer(models[i], $"models[{i}]");
                for (int j = 0; j < i; j++)
                {
                    if (answers[j].Model == answers[i].Model)
                    {
                        throw Problem($"the model '{answers[i].Model}' is listed twice. List every model once.");
                    }
                }
            }

            return new TraceRecord
            {
                Id = RequiredText(root, "id", ""),
                Dataset = OptionalText(root, "dataset"),
                Split = OptionalText(root, "split"),
                System = OptionalText(root, "system"),
                Prompt = OptionalText(root, "prompt"),
                Answers = answers,
            };
        }

        private TraceAnswer Answer(JsonElement entry, string path)
        {
            if (entry.ValueKind != JsonValueKind.Object)
            {
                throw Problem($"'{path}' is a JSON object, but the line holds {Describe(entry)}.");
            }

            return new TraceAnswer
            {
                Model = RequiredText(entry, "model", path),
                Answer = RequiredText(entry, "answer", path, allowEmpty: true),
                Quality = Quality(entry, path),
                Confidence = Confidence(entry, path),
                InputTokens = Count(entry, "input_tokens", path),
                OutputTokens = Count(entry, "output_tokens", path),
                AnswerCost = Amount(entry, "answer_cost_usd", path),
                VerifyCost = Amount(entry, "verify_cost_usd", path),
                Seconds = Amount(entry, "latency_ms", path) / MillisecondsPerSecond,
            };
        }

        private double Quality(JsonElement entry, string path)
        {
            if (!entry.TryGetProperty("correct", out JsonElement correct))
            {
                throw Problem($"'{path}.correct' is missing. Grade the answer: true, false, or a quality in [0, 1].");
            }

            return correct.ValueKind switch
            {
                JsonValueKind.True => 1,
                JsonValueKind.False => 0,
                JsonValueKind.Number when Share(correct, out double quality) => quality,
                _ => throw Problem($"'{path}.correct' is {Describe(correct)}. Give true, false, or a quality in [0, 1]."),
            };
        }

        private double? Confidence(JsonElement entry, string path)
        {
            if (!entry.TryGetProperty("confidence", out JsonElement confidence) || confidence.ValueKind == JsonValueKind.Null)
            {
                return null;
            }

            return confidence.ValueKind == JsonValueKind.Number && Share(confidence, out double value)
                ? value
                : throw Problem($"'{path}.confidence' is {Describe(confidence)}. Give a number in [0, 1], or null where the verifier said nothing usable.");
        }

        private double Amount(JsonElement entry, string name, string path)
        {
            if (!entry.TryGetProperty(name, out JsonElement amount))
            {
                return 0;
            }

            return amount.ValueKind == JsonValueKind.Number && amount.TryGetDouble(out double value) && value >= 0 && double.IsFinite(value)
                ? value
                : throw Problem($"'{path}.{name}' is {Describe(amount)}. Give a finite number, 0 or more.");
        }

        private long Count(JsonElement entry, string name, string path)
        {
            double value = Amount(entry, name, path);
            return value == Math.Floor(value) && value <= 1e15 ? (long)value : throw Problem($"'{path}.{name}' is {value}. Give a whole number of tokens.");
        }

        private string RequiredText(JsonElement entry, string name, string path, bool allowEmpty = false)
        {
            string full = path.Length == 0 ? name : $"{path}.{name}";
            if (!entry.TryGetProperty(name, out JsonElement text))
            {
                throw Problem($"'{full}' is missing. Add it as text.");
            }

            if (text.ValueKind != JsonValueKind.String || (!allowEmpty && text.GetString()!.Length == 0))
            {
                throw Problem($"'{full}' is {Describe(text)}. Give a text{(allowEmpty ? "" : " that is not empty")}.");
            }

            return text.GetString()!;
        }

        private string OptionalText(JsonElement entry, string name)
        {
            if (!entry.TryGetProperty(name, out JsonElement text) || text.ValueKind == JsonValueKind.Null)
            {
                return "";
            }

            return text.ValueKind == JsonValueKind.String ? text.GetString()! : throw Problem($"'{name}' is {Describe(text)}. Give a text or leave it out.");
        }

        private TraceFormatException Problem(string problem) => new(source, line, problem);

        private static bool Share(JsonElement number, out double value) => number.TryGetDouble(out value) && value >= 0 && value <= 1;

        private static string Describe(JsonElement element)
        {
            string raw = element.GetRawText();
            return raw.Length <= 40 ? raw : string.Concat(raw.AsSpan(0, 40), "...");
        }
    }
}
