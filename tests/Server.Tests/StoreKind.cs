namespace Sallyport.Server.Tests;

/// <summary>Each test of what is stored runs on both.</summary>
public enum StoreKind
{
    Sqlite,
    PostgreSql,
}
