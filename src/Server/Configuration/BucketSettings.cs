namespace Sallyport.Server.Configuration;

/// <summary>An S3-compatible bucket.</summary>
/// <param name="ServiceUrl">Of another S3 than Amazon's; null for Amazon's.</param>
/// <param name="Region">Of the bucket.</param>
/// <param name="Name">Of the bucket.</param>
/// <param name="AccessKey">Null for what the machine's role gives.</param>
/// <param name="SecretKey">Null with <paramref name="AccessKey"/>.</param>
internal sealed record BucketSettings(Uri? ServiceUrl, string Region, string Name, string? AccessKey, string? SecretKey);
