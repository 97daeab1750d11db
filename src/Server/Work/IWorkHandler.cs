namespace Sallyport.Server.Work;

/// <summary>Does one kind of work. It may be stopped at any point and begun again, here or elsewhere.</summary>
internal interface IWorkHandler
{
    /// <summary>Of <see cref="WorkKind"/>.</summary>
    string Kind { get; }

    /// <summary>Subject of work that is done again and again.</summary>
    const string Repeated = "all";

    /// <summary>After how long it is due again, for <see cref="Repeated"/>; null for work that somebody puts in.</summary>
    TimeSpan? Every => null;

    Task DoAsync(WorkItem item, CancellationToken cancellation);
}
