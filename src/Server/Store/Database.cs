using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Sallyport.Server.Store;

/// <summary>
/// The database: SQLite in a file, or PostgreSQL. SQL is written for both; where they differ, <see cref="Kind"/> says
/// which it is. SQLite has one writer, so writers wait for each other here, in order, and not in its busy handler.
/// </summary>
internal sealed class Database : IAsyncDisposable
{
    private readonly DbDataSource source;
    private readonly SemaphoreSlim? writer;

    static Database() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    public Database(DatabaseKind kind, string connectionString)
    {
        Kind = kind;
        ConnectionString = connectionString;
        source = kind == DatabaseKind.PostgreSql
            ? NpgsqlDataSource.Create(connectionString)
            : SqliteFactory.Instance.CreateDataSource(connectionString);
        writer = kind == DatabaseKind.Sqlite ? new SemaphoreSlim(1) : null;
    }

    public DatabaseKind Kind { get; }

    public string ConnectionString { get; }

    /// <summary>SQL for "the column is one of the parameter's values", an array.</summary>
    public string Among(string column, string parameter) =>
        Kind == DatabaseKind.PostgreSql ? $"{column} = ANY(@{parameter})" : $"{column} IN @{parameter}";

    /// <summary>A connection to read with.</summary>
    public async Task<DbConnection> OpenAsync(CancellationToken cancellation)
    {
        var connection = await source.OpenConnectionAsync(cancellation);
        if (Kind == DatabaseKind.Sqlite)
        {
            // Durable: an accepted segment survives the machine's power.
            await connection.ExecuteAsync("PRAGMA synchronous=FULL; PRAGMA busy_timeout=10000; PRAGMA foreign_keys=ON");
        }

        return connection;
    }

    /// <summary>One row, or the default.</summary>
    public async Task<T?> OneAsync<T>(string sql, object? parameters, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        return await connection.QueryFirstOrDefaultAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: cancellation));
    }

    /// <summary>All rows; the SQL bounds them.</summary>
    public async Task<List<T>> ListAsync<T>(string sql, object? parameters, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        return (await connection.QueryAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: cancellation))).AsList();
    }

    /// <summary>Several questions over one connection.</summary>
    public async Task<T> ReadAsync<T>(Func<WriteScope, Task<T>> work, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        return await work(new WriteScope(connection, null, cancellation));
    }

    /// <summary>One statement in a transaction of its own.</summary>
    /// <returns>Rows changed.</returns>
    public Task<int> ExecuteAsync(string sql, object? parameters, CancellationToken cancellation) =>
        WriteAsync(write => write.ExecuteAsync(sql, parameters), cancellation);

    /// <summary>Work that changes several rows, all or none; done when it is durable.</summary>
    public async Task<T> WriteAsync<T>(Func<WriteScope, Task<T>> work, CancellationToken cancellation)
    {
        if (writer is not null)
        {
            await writer.WaitAsync(cancellation);
        }

        try
        {
            await using var connection = await OpenAsync(cancellation);
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            var result = await work(new WriteScope(connection, transaction, cancellation));
            await transaction.CommitAsync(cancellation);
            return result;
        }
        finally
        {
            writer?.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        writer?.Dispose();
        if (Kind == DatabaseKind.Sqlite)
        {
            await using var connection = new SqliteConnection(ConnectionString);
            SqliteConnection.ClearPool(connection);
        }
    }
}
