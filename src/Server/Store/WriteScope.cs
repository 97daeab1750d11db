using System.Data.Common;
using Dapper;

namespace Sallyport.Server.Store;

/// <summary>A connection that is open, in a transaction when it is to write.</summary>
internal sealed class WriteScope(DbConnection connection, DbTransaction? transaction, CancellationToken cancellation)
{
    public DbConnection Connection => connection;

    public DbTransaction? Transaction => transaction;

    public Task<int> ExecuteAsync(string sql, object? parameters = null) =>
        connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellation));

    public Task<T?> OneAsync<T>(string sql, object? parameters = null) =>
        connection.QueryFirstOrDefaultAsync<T>(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellation));

    public async Task<List<T>> ListAsync<T>(string sql, object? parameters = null) =>
        (await connection.QueryAsync<T>(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellation))).AsList();
}
