using System.Buffers;
using System.Data.Common;
using System.Text;
using System.Text.Json;

namespace Sallyport.Server.Backup;

/// <summary>
/// Rows as lines: the first names the columns, each other is one row, <c>["018f…","octo",null,5]</c>. The same for every
/// database, so that a backup of one is restored into another. Bytes are <c>{"base64":"…"}</c>.
/// </summary>
internal static class RowText
{
    private const string Base64 = "base64";

    public static string Header(StoredTable table) => JsonSerializer.Serialize(table.Columns);

    public static string Of(DbDataReader row)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            for (var column = 0; column < row.FieldCount; column++)
            {
                Write(json, row, column);
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <exception cref="InvalidDataException">The line is no row of so many columns.</exception>
    public static object[] Read(string line, int columns)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.ValueKind == JsonValueKind.Array && json.RootElement.GetArrayLength() == columns
            ? [.. json.RootElement.EnumerateArray().Select(Value)]
            : throw new InvalidDataException($"a row does not have {columns} values");
    }

    private static void Write(Utf8JsonWriter json, DbDataReader row, int column)
    {
        switch (row.GetValue(column))
        {
            case DBNull:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case byte[] bytes:
                json.WriteStartObject();
                json.WriteBase64String(Base64, bytes);
                json.WriteEndObject();
                break;
            case var other:
                throw new InvalidDataException($"column {row.GetName(column)} holds a {other.GetType().Name}, which a backup does not know");
        }
    }

    private static object Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => DBNull.Value,
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole : value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Object when value.TryGetProperty(Base64, out var bytes) => bytes.GetBytesFromBase64(),
        _ => throw new InvalidDataException($"a value is a {value.ValueKind}"),
    };
}
