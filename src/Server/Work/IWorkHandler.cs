namespace Sallyport.Server.Work;

/// <summary>Does one kind of work. It may be stopped at any point and begun again, here or elsewhere.</summary>
internal interface IWorkHandler
{
    /// <summary>Of <see cref="WorkKind"/>.</summary>
    string Kind { get; }

    Task DoAsync(string subject, CancellationToken cancellation);
}
