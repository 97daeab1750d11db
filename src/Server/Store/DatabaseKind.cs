namespace Sallyport.Server.Store;

internal enum DatabaseKind
{
    Sqlite,
    PostgreSql,
}
