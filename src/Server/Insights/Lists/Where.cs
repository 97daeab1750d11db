using Dapper;
using Sallyport.Server.Access;
using Sallyport.Server.Store;

namespace Sallyport.Server.Insights.Lists;

/// <summary>
/// The condition of a list: what the viewer may see, and the filters that are set. Values are parameters; the texts of
/// conditions are the program's own.
/// </summary>
internal sealed class Where
{
    private readonly List<string> conditions = [];

    public DynamicParameters Parameters { get; } = new();

    /// <summary>The condition with its word; never empty.</summary>
    public string Sql => "WHERE " + string.Join(" AND ", conditions);

    /// <summary>Begins with what the viewer may see.</summary>
    public static Where Of(Viewer viewer, Database database, string column = "owner")
    {
        var where = new Where();
        if (viewer.SeesAll)
        {
            where.conditions.Add("1 = 1");
        }
        else if (viewer.Owners is { Length: > 0 } owners)
        {
            where.conditions.Add(database.Among(column, "owners"));
            where.Parameters.Add("owners", owners);
        }
        else
        {
            where.conditions.Add("1 = 0");
        }

        return where;
    }

    /// <summary>A condition without a value.</summary>
    public Where And(string condition)
    {
        conditions.Add($"({condition})");
        return this;
    }

    /// <summary>A condition that applies when its value is there.</summary>
    public Where When(string? value, string condition, string name) =>
        value is null ? this : With(name, value).And(condition);

    /// <summary>A part of a text, without regard to case.</summary>
    public Where Contains(string? value, string column, string name) =>
        When(value is null ? null : $"%{Escaped(value.ToLowerInvariant())}%", $"LOWER({column}) LIKE @{name} ESCAPE '!'", name);

    public Where With(string name, object? value)
    {
        Parameters.Add(name, value);
        return this;
    }

    private static string Escaped(string value) => value
        .Replace("!", "!!", StringComparison.Ordinal)
        .Replace("%", "!%", StringComparison.Ordinal)
        .Replace("_", "!_", StringComparison.Ordinal);
}
