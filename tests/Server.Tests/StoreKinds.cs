namespace Sallyport.Server.Tests;

/// <summary>The stores that a theory runs on.</summary>
public static class StoreKinds
{
    /// <summary>Both databases.</summary>
    public static TheoryData<StoreKind> Databases => [StoreKind.Sqlite, StoreKind.PostgreSql];

    /// <summary>Both, and recordings in a bucket.</summary>
    public static TheoryData<StoreKind> All => [StoreKind.Sqlite, StoreKind.PostgreSql, StoreKind.PostgreSqlAndBucket];
}
