using System.Text.Json;

namespace Sallyport.Reporting.Tests.Formats;

/// <summary>One event against <see cref="OcsfSchema"/>; gives a sentence for each mistake.</summary>
internal static class OcsfValidator
{
    public static List<string> Mistakes(JsonElement line)
    {
        var mistakes = new List<string>();
        var type = line.GetProperty("class_uid").GetInt32();
        if (!OcsfSchema.Classes.TryGetValue(type, out var known))
        {
            return [$"class_uid {type} is none of those that were looked up"];
        }

        Check(line, known.Shape, "event", mistakes);
        var activity = line.GetProperty("activity_id").GetInt32();
        if (!known.Activities.Contains(activity))
        {
            mistakes.Add($"{known.Shape.Page}: activity_id {activity}");
        }

        // classes/base_event: type_uid = class_uid * 100 + activity_id; the class belongs to one category.
        if (line.GetProperty("type_uid").GetInt32() != (type * 100) + activity || line.GetProperty("category_uid").GetInt32() != known.Category)
        {
            mistakes.Add($"{known.Shape.Page}: type_uid or category_uid do not follow from class and activity");
        }

        return mistakes;
    }

    private static void Check(JsonElement value, OcsfShape shape, string path, List<string> mistakes)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            mistakes.Add($"{path} is no object");
            return;
        }

        mistakes.AddRange(shape.Required.Where(name => !IsThere(value, name)).Select(name => $"{path}.{name} is required ({shape.Page})"));
        if (!shape.AtLeastOne.IsEmpty && !shape.AtLeastOne.Any(name => IsThere(value, name)))
        {
            mistakes.Add($"{path} needs one of {string.Join(", ", shape.AtLeastOne)} ({shape.Page})");
        }

        foreach (var attribute in value.EnumerateObject())
        {
            if (!shape.Attributes.TryGetValue(attribute.Name, out var kind))
            {
                mistakes.Add($"{path}.{attribute.Name} is not in {shape.Page}");
                continue;
            }

            Check(attribute.Value, kind, $"{path}.{attribute.Name}", mistakes);
            if (OcsfSchema.Enumerations.TryGetValue(attribute.Name, out var numbers) && !numbers.Contains(attribute.Value.GetInt32()))
            {
                mistakes.Add($"{path}.{attribute.Name} has no value {attribute.Value}");
            }
        }
    }

    private static void Check(JsonElement value, OcsfKind kind, string path, List<string> mistakes)
    {
        if (kind.IsArray)
        {
            if (value.ValueKind != JsonValueKind.Array)
            {
                mistakes.Add($"{path} is no array");
                return;
            }

            foreach (var item in value.EnumerateArray())
            {
                Check(item, kind with { IsArray = false }, path + "[]", mistakes);
            }
        }
        else if (OcsfSchema.Objects.TryGetValue(kind.Type, out var shape))
        {
            Check(value, shape, path, mistakes);
        }
        else if (!(kind.Type switch
        {
            "string" => value.ValueKind == JsonValueKind.String,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            _ => value.ValueKind is JsonValueKind.Object or JsonValueKind.Array,
        }))
        {
            mistakes.Add($"{path} is no {kind.Type}");
        }
    }

    private static bool IsThere(JsonElement value, string name) =>
        value.TryGetProperty(name, out var found) && found.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined);
}
