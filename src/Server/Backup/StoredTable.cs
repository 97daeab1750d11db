using System.Collections.Immutable;
using System.Data.Common;
using Dapper;
using Sallyport.Server.Store;

namespace Sallyport.Server.Backup;

/// <summary>A table as the database has it.</summary>
/// <param name="Name">Of the table.</param>
/// <param name="Columns">In order.</param>
internal sealed record StoredTable(string Name, ImmutableArray<string> Columns)
{
    /// <summary>All tables but the journal of migrations.</summary>
    public static async Task<List<StoredTable>> ListAsync(DbConnection connection, DbTransaction transaction, DatabaseKind kind)
    {
        var sql = kind == DatabaseKind.Sqlite
            ? """
              SELECT m.name AS "Table", p.name AS "Column" FROM sqlite_master m JOIN pragma_table_info(m.name) p
              WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND lower(m.name) <> 'schemaversions' ORDER BY m.name, p.cid
              """
            : """
              SELECT c.table_name AS "Table", c.column_name AS "Column" FROM information_schema.columns c
              JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
              WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.table_name <> 'schemaversions'
              ORDER BY c.table_name, c.ordinal_position
              """;
        var columns = await connection.QueryAsync<StoredColumn>(sql, transaction: transaction);
        return [.. columns.GroupBy(column => column.Table).Select(group => new StoredTable(group.Key, [.. group.Select(column => column.Column)]))];
    }

    /// <summary>SQL of its rows.</summary>
    public string Select => $"SELECT {Names} FROM \"{Name}\"";

    /// <summary>SQL of a new row, with parameters <c>@c0</c> and so on.</summary>
    public string Insert => $"INSERT INTO \"{Name}\" ({Names}) VALUES ({string.Join(", ", Columns.Select((_, number) => $"@c{number}"))})";

    private string Names => string.Join(", ", Columns.Select(column => $"\"{column}\""));
}
