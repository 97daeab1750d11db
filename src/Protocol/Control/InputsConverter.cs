using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Control;

/// <summary>Names to texts: each name once, at most <see cref="ControlLimits.MaxInputs"/> of them, nothing but texts.</summary>
internal sealed class InputsConverter : JsonConverter<ImmutableSortedDictionary<string, string>>
{
    public override ImmutableSortedDictionary<string, string> Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("inputs are not an object");
        }

        var inputs = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String || inputs.ContainsKey(name) || inputs.Count == ControlLimits.MaxInputs)
            {
                throw new JsonException("an input is not a text, is there twice, or is one too many");
            }

            inputs.Add(name, reader.GetString()!);
        }

        return inputs.ToImmutable();
    }

    public override void Write(
        Utf8JsonWriter writer, ImmutableSortedDictionary<string, string> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (name, text) in value)
        {
            writer.WriteString(name, text);
        }

        writer.WriteEndObject();
    }
}
