namespace Sallyport.Server.Tests;

/// <summary>Each test of what is stored runs on both databases; those of recordings with a bucket as well.</summary>
public enum StoreKind
{
    Sqlite,
    PostgreSql,
    PostgreSqlAndBucket,
}
